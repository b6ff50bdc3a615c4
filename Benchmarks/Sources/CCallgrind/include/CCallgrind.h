// Tells callgrind where to count; outside callgrind these cost a few instructions and do nothing.
#pragma once

void callgrind_start(void);
/// Stops counting, and writes what was counted since callgrind_start under this title.
void callgrind_stop(const char *title);
