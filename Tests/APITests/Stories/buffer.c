// Loaded before the C library (LD_PRELOAD): a kernel that has net.core.rmem_max as Linux comes with it, and a process
// without CAP_NET_ADMIN.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  int most = 212992;
  if (level == SOL_SOCKET && option == SO_RCVBUFFORCE) {
    errno = EPERM;
    return -1;
  }
  if (level == SOL_SOCKET && option == SO_RCVBUF && *(const int *)value > most) value = &most;
  return (int)syscall(SYS_setsockopt, fd, level, option, value, length);
}
