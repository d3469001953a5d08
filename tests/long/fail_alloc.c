/* Lets allocations fail on command, for LD_PRELOAD. */

/* The commands come, and the counts go, through a file that the test and the program share. */

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In this order, eight bytes each, in the file. */
struct control {
    _Atomic uint64_t everywhere; /* 0: only what the program itself allocates */
    _Atomic uint64_t first;      /* of those that are counted, the first to fail; 0: none */
    _Atomic uint64_t last;       /* and the last */
    _Atomic uint64_t counted;
    _Atomic uint64_t failed;
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* Those of ASan, where the program was built with it. */
extern __typeof__(__libc_malloc) __interceptor_malloc __attribute__((weak));
extern __typeof__(__libc_calloc) __interceptor_calloc __attribute__((weak));
extern __typeof__(__libc_realloc) __interceptor_realloc __attribute__((weak));
extern __typeof__(__libc_memalign) __interceptor_memalign __attribute__((weak));

static struct control *control; /* NULL until the program begins */
static uintptr_t text_start, text_end;

static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && header->p_flags & PF_X) {
            text_start = info->dlpi_addr + header->p_vaddr;
            text_end = text_start + header->p_memsz;
        }
    }
    return 1; /* the program is the first, and the rest is libraries */
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("QPFS_FAIL_ALLOC");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    dl_iterate_phdr(find_text, NULL);
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        control = shared;
}

static bool is_to_fail(const void *caller)
{
    uintptr_t from = (uintptr_t)caller;
    if (!control || (!control->everywhere && (from < text_start || from >= text_end)))
        return false;
    uint64_t number = ++control->counted;
    if (number < control->first || number > control->last)
        return false;
    control->failed++;
    errno = ENOMEM;
    return true;
}

#define IS_TO_FAIL() is_to_fail(__builtin_return_address(0))

static void *real_malloc(size_t size)
{
    return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

static void *real_realloc(void *memory, size_t size)
{
    return __interceptor_realloc ? __interceptor_realloc(memory, size)
                                 : __libc_realloc(memory, size);
}

static void *real_memalign(size_t alignment, size_t size)
{
    return __interceptor_memalign ? __interceptor_memalign(alignment, size)
                                  : __libc_memalign(alignment, size);
}

void *malloc(size_t size)
{
    return IS_TO_FAIL() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (IS_TO_FAIL())
        return NULL;
    return __interceptor_calloc ? __interceptor_calloc(count, size)
                                : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return IS_TO_FAIL() ? NULL : real_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return IS_TO_FAIL() ? NULL : real_realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return IS_TO_FAIL() ? NULL : real_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (IS_TO_FAIL())
        return ENOMEM;
    *memory = real_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

char *strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = IS_TO_FAIL() ? NULL : real_malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = IS_TO_FAIL() ? NULL : real_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}
