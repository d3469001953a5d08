/* qpfs-test-sandbox: the API of a made-up account, which tests change and make fail. */
#include <stdio.h>
#include <stdlib.h>

#include "request.h"

enum { EXIT_USAGE = 2 };

int main(int argc, char *argv[])
{
    struct flags flags;
    enum flags_verdict verdict = flags_parse(&flags, argc, argv);
    if (verdict != FLAGS_RUN)
        return verdict == FLAGS_HELP ? EXIT_SUCCESS : EXIT_USAGE;
    struct sandbox *sandbox = sandbox_create(&flags);
    int status = EXIT_FAILURE;
    if (sandbox) {
        struct server_site site = request_site(sandbox);
        status = server_run(&site, flags.port, flags.until_eof);
    } else {
        fputs("qpfs-test-sandbox: out of memory; lower --rate\n", stderr);
    }
    sandbox_destroy(sandbox);
    return status;
}
