/* Counts the calls that a list takes where nothing moves, for tests. */
#include "plan_calls.h"

uint64_t plan_calls(uint64_t total, uint64_t size, enum plan_sizes sizes)
{
    uint64_t end = size, calls = 1;
    struct window window;
    for (; end < total; calls++) {
        if (!plan_window(&window, end - 1, size, sizes))
            return 2 * plan_pages(total, size);
        end = window_end(&window);
    }
    return calls;
}
