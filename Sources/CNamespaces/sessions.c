// The calls around a session: signals, the child's state, Unix sockets and the descriptors that go through them.
#define _GNU_SOURCE
#include "CNamespaces.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// SCM_MAX_FD of the kernel is 253.
enum { DESCRIPTORS = 64 };

int ns_next_signal(int fd, int *is_from_kernel) {
  struct signalfd_siginfo info;
  if (read(fd, &info, sizeof info) != (ssize_t)sizeof info) return 0;
  *is_from_kernel = info.ssi_code == SI_KERNEL;
  return (int)info.ssi_signo;
}

int ns_changed(pid_t child, int *status) { return waitpid(child, status, WNOHANG | WUNTRACED) == child; }

int ns_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
int ns_end_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
int ns_stop_signal(int status) { return WIFSTOPPED(status) ? WSTOPSIG(status) : 0; }

static socklen_t abstract(struct sockaddr_un *address, const char *name) {
  size_t length = strlen(name);
  memset(address, 0, sizeof *address);
  if (length >= sizeof address->sun_path) return 0;
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path + 1, name, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

static int open_named(const char *name, int is_listening) {
  struct sockaddr_un address;
  socklen_t length = abstract(&address, name);
  if (length == 0) {
    errno = ENAMETOOLONG;
    return -1;
  }
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | (is_listening ? SOCK_NONBLOCK : 0), 0);
  if (fd < 0) return -1;
  struct sockaddr *any = (struct sockaddr *)&address;
  if (is_listening ? bind(fd, any, length) == 0 && listen(fd, SOMAXCONN) == 0 : connect(fd, any, length) == 0) return fd;
  int number = errno;
  close(fd);
  errno = number;
  return -1;
}

int ns_listen(const char *name) { return open_named(name, 1); }
int ns_connect(const char *name) { return open_named(name, 0); }

int ns_accept(int listening) { return accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int ns_peer(int fd, uid_t *user) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *user = peer.uid;
  return 0;
}

int ns_send(int fd, const void *octets, size_t count, const int *descriptors, size_t descriptor_count) {
  union {
    struct cmsghdr header;
    uint8_t octets[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
  } control;
  if (descriptor_count > DESCRIPTORS) {
    errno = E2BIG;
    return -1;
  }
  struct iovec vector = {.iov_base = (void *)octets, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  if (descriptor_count > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
    control.header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(descriptor_count * sizeof(int))};
    memcpy(CMSG_DATA(&control.header), descriptors, descriptor_count * sizeof(int));
  }
  return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)count ? 0 : -1;
}

ssize_t ns_receive(int fd, void *octets, size_t count, int *descriptors, size_t *descriptor_count) {
  union {
    struct cmsghdr header;
    uint8_t octets[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
  } control;
  struct iovec vector = {.iov_base = octets, .iov_len = count};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  size_t room = *descriptor_count;
  *descriptor_count = 0;
  ssize_t received;
  do {
    received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return -1;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    size_t came = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < came; index++) {
      int one;
      memcpy(&one, CMSG_DATA(c) + index * sizeof one, sizeof one);
      if (*descriptor_count < room) {
        descriptors[(*descriptor_count)++] = one;
      } else {
        close(one);
      }
    }
  }
  return received;
}

int ns_kind(int fd, struct ns_place *place) {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address = {.any = {.sa_family = AF_UNSPEC}};
  socklen_t length = sizeof address;
  int type = 0, protocol = 0, is_listening = 0;
  socklen_t size = sizeof type;
  memset(place, 0, sizeof *place);
  if (getsockname(fd, &address.any, &length) != 0) return 0;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return 0;
  if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0) return 0;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0) return 0;
  place->address.family = address.any.sa_family;
  if (address.any.sa_family == AF_INET) {
    memcpy(place->address.octets, &address.v4.sin_addr, 4);
    place->port = ntohs(address.v4.sin_port);
  } else if (address.any.sa_family == AF_INET6) {
    memcpy(place->address.octets, &address.v6.sin6_addr, 16);
    place->port = ntohs(address.v6.sin6_port);
  } else {
    return 0;
  }
  if (type == SOCK_DGRAM && protocol == IPPROTO_UDP) return 1;
  return type == SOCK_STREAM && protocol == IPPROTO_TCP && is_listening ? 2 : 0;
}

int ns_memory_file(void) { return memfd_create("classiclink-dns", MFD_CLOEXEC); }
