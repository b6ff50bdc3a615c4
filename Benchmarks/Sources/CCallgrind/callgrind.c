#include "CCallgrind.h"

#include <valgrind/callgrind.h>

void callgrind_start(void) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

void callgrind_stop(const char *title) {
  CALLGRIND_DUMP_STATS_AT(title);
  CALLGRIND_STOP_INSTRUMENTATION;
}
