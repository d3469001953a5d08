/* Made-up people: the JSON text of a user's record as a pure function of a few numbers. */
#include "sandbox/person.h"

#include <string.h>

#include "sandbox/blueprint.h"
#include "sandbox/mix.h"
#include "sandbox/namebook.h"

#define LITERAL(text, literal) draft_add(text, literal, sizeof(literal) - 1)

#define X10(s)  s s s s s s s s s s
#define X100(s) X10(X10(s))

struct face {
    uint64_t index;
    const char *first; /* ready to stand in a JSON string, as `last` */
    const char *last;
    const char *extra; /* more members of the record, or NULL */
};

/* What a reader of the service's JSON must survive. */
static const struct face odd_faces[] = {
    {3, "Ren\\u00e9", "M\\u00fcller\\/Schmidt \\ud83d\\ude00", NULL},
    {7, "Half \\ud83d pair", "Surrogate", NULL},
    {11, "Nul\\u0000inside", "Terminator", NULL},
    {17, "Custom", "Fields",
     ",\"customFields\":{\"score\":9007199254740993,\"ratio\":1.10,\"tags\":[]}"},
    {19, "..", "/etc/passwd", NULL},
    {23, "Two\\nlines", "\\tTabbed\\r\\n", NULL},
    {29, "Long " X100("longer "), X100("né"), NULL},
    {31, "=1+1", " spaces at both ends ", NULL},
};

static const char *const phones[] = {
    "(IN)+91 ##########", "+49 30 #######",         "(555) 010-####",       "",
    "0044 1632 ######",   "+1 555.010.#### ext. 7", "+33 (0)1 ## ## ## ##",
};

/* The documentation's two people have no names, and hardly a field that is made up. */
static void seed_write(const struct person *person, struct draft *out)
{
    bool main_account = person->user == BLUEPRINT_CUSTOMER;
    LITERAL(out, "\"firstName\":\"\",\"lastName\":\"\",\"emailAddress\":\"");
    draft_puts(out, main_account ? "john@example.com" : "jane@example.com");
    LITERAL(out, "\",\"phone\":\"(IN)+91 1234567890\",\"licenseType\":\"Enterprise ");
    draft_puts(out, main_account ? "Annual" : "Sub Account Annual");
    LITERAL(out, "\",\"licenseStartDate\":\"2019-12-18\",\"creationDate\":\"2019-12-");
    draft_puts(out, main_account ? "18" : "20");
    LITERAL(out, "\",\"userType\":\"License\"}");
}

static struct face plain_face(uint64_t luck)
{
    const struct namebook_row *row = &namebook_rows[luck % namebook_row_count];
    return (struct face){
        .first = row->first[(luck >> 8) % NAMEBOOK_PER_ROW],
        .last = row->last[(luck >> 16) % NAMEBOOK_PER_ROW],
    };
}

static struct face person_face(const struct person *person, uint64_t luck)
{
    if (person->people == PEOPLE_ODD) {
        for (size_t i = 0; i < sizeof odd_faces / sizeof odd_faces[0]; i++) {
            if (odd_faces[i].index == person->index)
                return odd_faces[i];
        }
    }
    return plain_face(luck);
}

static void email_write(uint64_t user, uint64_t luck, struct draft *out)
{
    static const char *const domains[] = {"@example.com", "@example.org", "@mail.example.net"};
    if (luck % 61 == 0)
        return;
    draft_putc(out, "abcdefgh"[luck % 8]);
    LITERAL(out, ".user");
    draft_number(out, user);
    draft_puts(out, domains[(luck >> 8) % 3]);
}

static void phone_write(uint64_t luck, struct draft *out)
{
    const char *format = phones[luck % (sizeof phones / sizeof phones[0])];
    uint64_t digits = luck >> 16;
    char phone[32];
    size_t length = strlen(format);
    for (size_t i = 0; i < length; i++) {
        phone[i] = format[i];
        if (format[i] == '#') {
            phone[i] = (char)('0' + digits % 10);
            digits /= 10;
        }
    }
    draft_add(out, phone, length);
}

static void two_digits(char *at, uint64_t number)
{
    at[0] = (char)('0' + number / 10 % 10);
    at[1] = (char)('0' + number % 10);
}

/* Both dates fall in one month of 28 days or more, so that every one of them exists. */
static void dates_write(uint64_t luck, struct draft *out)
{
    char date[] = "2000-00-00";
    two_digits(date + 2, 12 + luck % 13);
    two_digits(date + 5, 1 + (luck >> 8) % 12);
    two_digits(date + 8, 1 + (luck >> 16) % 24);
    LITERAL(out, "\",\"licenseStartDate\":\"");
    draft_add(out, date, 10);
    two_digits(date + 8, 1 + (luck >> 16) % 24 + (luck >> 24) % 5);
    LITERAL(out, "\",\"creationDate\":\"");
    draft_add(out, date, 10);
}

static void plain_write(const struct person *person, struct draft *out)
{
    uint64_t luck = mix64(person->user);
    struct face face = person_face(person, luck);
    LITERAL(out, "\"firstName\":\"");
    draft_puts(out, face.first);
    LITERAL(out, "\",\"lastName\":\"");
    draft_puts(out, face.last);
    LITERAL(out, "\",\"emailAddress\":\"");
    email_write(person->user, luck >> 24, out);
    LITERAL(out, "\",\"phone\":\"");
    luck = mix64(luck);
    phone_write(luck, out);
    LITERAL(out, "\",\"licenseType\":\"Enterprise ");
    draft_puts(out, luck % 32 == 5 ? "Annual" : "Sub Account Annual");
    dates_write(mix64(luck), out);
    LITERAL(out, "\",\"userType\":\"License\"");
    if (face.extra)
        draft_puts(out, face.extra);
    draft_putc(out, '}');
}

void person_write(const struct person *person, struct draft *out)
{
    LITERAL(out, "{\"userID\":");
    draft_number(out, person->user);
    LITERAL(out, ",\"departmentID\":");
    draft_number(out, person->department);
    LITERAL(out, ",\"organizationID\":");
    draft_number(out, BLUEPRINT_ORGANIZATION);
    draft_putc(out, ',');
    if (person->people == PEOPLE_SEED)
        seed_write(person, out);
    else
        plain_write(person, out);
}
