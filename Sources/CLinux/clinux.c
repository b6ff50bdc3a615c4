#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct cl_message) == sizeof(struct mmsghdr), "cl_message is mmsghdr");
_Static_assert(offsetof(struct cl_message, length) == offsetof(struct mmsghdr, msg_len), "cl_message is mmsghdr");
_Static_assert(CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t)) <= CL_CONTROL_OCTETS,
               "room for packet information and a segment size");
_Static_assert(CL_READABLE == EPOLLIN && CL_WRITABLE == EPOLLOUT, "epoll's bits");
_Static_assert(CL_ERROR == EPOLLERR && CL_HANGUP == EPOLLHUP, "epoll's bits");
_Static_assert(CL_TRUNCATED == MSG_TRUNC, "a datagram that did not fit");

enum { EVENTS_A_WAIT = 64, LARGE_PAGE = 2 << 20 };

// Linux 6.1, and newer than some C libraries.
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

socklen_t cl_set_v4(union cl_address *a, uint32_t address, uint16_t port) {
  memset(a, 0, sizeof *a);
  a->v4.sin_family = AF_INET;
  a->v4.sin_port = htons(port);
  a->v4.sin_addr.s_addr = htonl(address);
  return sizeof a->v4;
}

socklen_t cl_set_v6(union cl_address *a, uint64_t high, uint64_t low, uint16_t port) {
  memset(a, 0, sizeof *a);
  a->v6.sin6_family = AF_INET6;
  a->v6.sin6_port = htons(port);
  high = __builtin_bswap64(high);
  low = __builtin_bswap64(low);
  memcpy(&a->v6.sin6_addr.s6_addr[0], &high, sizeof high);
  memcpy(&a->v6.sin6_addr.s6_addr[8], &low, sizeof low);
  return sizeof a->v6;
}

static int set_option(int fd, int level, int name, int value) { return setsockopt(fd, level, name, &value, sizeof value); }

int cl_socket(int family, int is_stream) {
  return socket(family, (is_stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int cl_bind(int fd, const union cl_address *a, socklen_t length) { return bind(fd, &a->any, length); }

int cl_connect(int fd, const union cl_address *a, socklen_t length) { return connect(fd, &a->any, length); }

int cl_accept(int fd, union cl_address *peer) {
  socklen_t length = sizeof *peer;
  return accept4(fd, &peer->any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cl_local_address(int fd, union cl_address *local) {
  socklen_t length = sizeof *local;
  return getsockname(fd, &local->any, &length);
}

int cl_share_port(int fd) { return set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1); }
int cl_reuse_address(int fd) { return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
int cl_v6_only(int fd) { return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1); }

int cl_make_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int cl_no_delay(int fd) { return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

int cl_receive_buffer(int fd, int octets) {
  if (set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, octets) == 0) return 0;
  return set_option(fd, SOL_SOCKET, SO_RCVBUF, octets);
}

int cl_granted_receive_buffer(int fd) {
  int octets = 0;
  socklen_t length = sizeof octets;
  // Linux doubles what it is asked for, and answers with that (socket(7)).
  return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, &length) == 0 ? octets / 2 : -1;
}

int cl_send_buffer(int fd, int octets) { return set_option(fd, SOL_SOCKET, SO_SNDBUF, octets); }

int cl_ask_destination(int fd, int is_v6) {
  return is_v6 ? set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) : set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

int cl_ignore_path_mtu(int fd, int is_v6) {
  return is_v6 ? set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT)
               : set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
}

int cl_knows_segments(int fd) { return set_option(fd, IPPROTO_UDP, UDP_SEGMENT, 0) == 0; }

int cl_shut_out(int fd, int is_v6, const union cl_address *list, const uint8_t *words, int count) {
  // Two instructions for each word of an address, and one to drop.
  enum { WORDS_OF_V6 = 4, SOURCE_IN_V6 = 8, SOURCE_IN_V4 = 12 };
  struct sock_filter code[CL_SHUT_OUT_MOST * (2 * WORDS_OF_V6 + 1) + 1];
  unsigned short end = 0;
  for (int index = 0; index < count && index < CL_SHUT_OUT_MOST; index++) {
    const union cl_address *address = &list[index];
    if (cl_is_v6(address) != is_v6) continue;
    unsigned char next = (unsigned char)(end + 2 * words[index] + 1);
    for (int word = 0; word < words[index]; word++) {
      uint32_t value = is_v6 ? address->v6.sin6_addr.s6_addr32[word] : address->v4.sin_addr.s_addr;
      int offset = SKF_NET_OFF + (is_v6 ? SOURCE_IN_V6 : SOURCE_IN_V4) + 4 * word;
      code[end++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
      code[end] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(value), 0, next - end - 1);
      end++;
    }
    code[end++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
  }
  if (end == 0) return set_option(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
  code[end++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
  struct sock_fprog program = {.len = end, .filter = code};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

ssize_t cl_send(int fd, const void *octets, size_t count) {
  return send(fd, octets, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int cl_recvmmsg(int fd, struct cl_message *messages, unsigned int count) {
  return recvmmsg(fd, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
}

int cl_sendmmsg(int fd, struct cl_message *messages, unsigned int count) {
  return sendmmsg(fd, (struct mmsghdr *)messages, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int cl_send_late(int fd, const void *octets, size_t count, union cl_address *peer, void *control,
                 size_t control_octets) {
  struct iovec vector = {.iov_base = (void *)octets, .iov_len = count};
  struct msghdr header = {.msg_name = peer,
                          .msg_namelen = cl_is_v6(peer) ? sizeof peer->v6 : sizeof peer->v4,
                          .msg_iov = &vector,
                          .msg_iovlen = 1,
                          .msg_control = control_octets ? control : NULL,
                          .msg_controllen = control_octets};
  return sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

int cl_wait_writable(int fd, int milliseconds) {
  struct pollfd one = {.fd = fd, .events = POLLOUT};
  return poll(&one, 1, milliseconds) > 0;
}

int cl_take_destination(struct msghdr *header, union cl_address *destination) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof info);
      // ipi_spec_dst is the address asked, also when the datagram itself was a broadcast.
      cl_set_v4(destination, ntohl(info.ipi_spec_dst.s_addr), 0);
      info.ipi_ifindex = 0;  // routing chooses the interface
      memcpy(CMSG_DATA(c), &info, sizeof info);
      return 1;
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof info);
      memset(destination, 0, sizeof *destination);
      destination->v6.sin6_family = AF_INET6;
      destination->v6.sin6_addr = info.ipi6_addr;
      // Only a link-local address means nothing without its interface.
      if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
      memcpy(CMSG_DATA(c), &info, sizeof info);
      return 1;
    }
  }
  return 0;
}

void cl_set_segment(struct msghdr *header, uint16_t octets) {
  // CMSG_SPACE is a multiple of the alignment, so what a control message leaves is where the next one goes.
  struct cmsghdr *c = (struct cmsghdr *)((char *)header->msg_control + header->msg_controllen);
  c->cmsg_level = IPPROTO_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN(sizeof octets);
  memcpy(CMSG_DATA(c), &octets, sizeof octets);
  header->msg_controllen += CMSG_SPACE(sizeof octets);
}

int cl_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int cl_epoll_change(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

int cl_epoll_wait(int epoll, struct cl_event *events, int count, int milliseconds) {
  struct epoll_event raw[EVENTS_A_WAIT];
  if (count > EVENTS_A_WAIT) count = EVENTS_A_WAIT;
  int found = epoll_wait(epoll, raw, count, milliseconds);
  if (found < 0) return errno == EINTR ? 0 : -1;
  for (int index = 0; index < found; index++) {
    events[index] = (struct cl_event){.events = raw[index].events, .data = raw[index].data.u64};
  }
  return found;
}

int cl_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void cl_eventfd_signal(int fd) {
  uint64_t one = 1;
  // EAGAIN means that the counter is at its top, which wakes the reader as well.
  if (write(fd, &one, sizeof one) < 0) return;
}

void cl_eventfd_clear(int fd) {
  uint64_t count;
  if (read(fd, &count, sizeof count) < 0) return;
}

static sigset_t set_of(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
  return set;
}

int cl_signalfd(const int *signals, int count) {
  sigset_t set = set_of(signals, count);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int cl_signalfd_read(int fd) {
  struct signalfd_siginfo info;
  return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

void cl_mask_signals(const int *signals, int count, int block) {
  sigset_t set = set_of(signals, count);
  pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

void cl_ignore_signal(int number) { signal(number, SIG_IGN); }

static void end_process(int number) {
  // The default is in force again (SA_RESETHAND), and the signal is not blocked (SA_NODEFER): whoever waits for us sees
  // by which signal we ended. Process 1 survives it.
  raise(number);
  _exit(128 + number);
}

void cl_end_at_signals(const int *signals, int count) {
  struct sigaction action = {.sa_handler = end_process, .sa_flags = SA_RESETHAND | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  sigset_t mine;
  sigemptyset(&mine);
  for (int index = 0; index < count; index++) {
    sigaction(signals[index], &action, NULL);
    sigaddset(&mine, signals[index]);
  }
  // Whoever started us may have left them blocked.
  pthread_sigmask(SIG_UNBLOCK, &mine, NULL);
}

void cl_heed_signals(const int *signals, int count) {
  for (int index = 0; index < count; index++) signal(signals[index], SIG_DFL);
}

int64_t cl_coarse_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint32_t cl_coarse_second(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return (uint32_t)now.tv_sec;
}

int64_t cl_monotonic_microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int cl_notify(const char *path, const char *octets, size_t count) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address.sun_path) {
    errno = EINVAL;
    return -1;
  }
  memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  ssize_t sent = sendto(fd, octets, count, MSG_NOSIGNAL, (struct sockaddr *)&address,
                        offsetof(struct sockaddr_un, sun_path) + length);
  int number = errno;
  close(fd);
  errno = number;
  return sent == (ssize_t)count ? 0 : -1;
}

void *cl_reserve(size_t octets) {
  void *start = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

void cl_ask_for_large_pages(void *start, size_t octets) { madvise(start, octets, MADV_HUGEPAGE); }

void cl_move_to_large_pages(const void *start, size_t octets) {
  // Only what the range covers whole: beside it the pages belong to others.
  uintptr_t first = ((uintptr_t)start + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1);
  uintptr_t end = ((uintptr_t)start + octets) & ~(uintptr_t)(LARGE_PAGE - 1);
  if (first >= end) return;
  madvise((void *)first, end - first, MADV_HUGEPAGE);
  madvise((void *)first, end - first, MADV_COLLAPSE);
}

void cl_give_back(void *start, size_t octets) { madvise(start, octets, MADV_DONTNEED); }

void cl_release(void *start, size_t octets) { munmap(start, octets); }

void cl_trim_memory(void) { malloc_trim(0); }

static int set_no_capability(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
  return (int)syscall(SYS_capset, &header, none);
}

static int has_no_capability(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct all[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, all) != 0) return 0;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    if ((all[i].effective | all[i].permitted | all[i].inheritable) != 0) return 0;
  }
  return 1;
}

/// EINVAL ends the list: the kernel knows no capability of that number.
static int empty_bounding_set(void) {
  for (unsigned long capability = 0;; capability++) {
    int status = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (status < 0) return errno == EINVAL ? 0 : -1;
    if (status == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -1;
  }
}

static int is_only(uid_t user, gid_t group) {
  uid_t users[3];
  gid_t groups[3];
  if (getresuid(&users[0], &users[1], &users[2]) != 0 || getresgid(&groups[0], &groups[1], &groups[2]) != 0) return 0;
  for (int i = 0; i < 3; i++) {
    if (users[i] != user || groups[i] != group) return 0;
  }
  return 1;
}

const char *cl_become(uid_t user, gid_t group, const gid_t *groups, size_t count) {
  // Who is that user already may change neither groups nor the bounding set, and has no more to give away.
  if (geteuid() == 0) {
    if (empty_bounding_set() != 0) return "prctl PR_CAPBSET_DROP";
    if (setgroups(count, groups) != 0) return "setgroups";
    if (setresgid(group, group, group) != 0) return "setresgid";
    if (setresuid(user, user, user) != 0) return "setresuid";
  }
  if (set_no_capability() != 0) return "capset";
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "prctl PR_SET_NO_NEW_PRIVS";
  int is_root_again = setuid(0) == 0 || seteuid(0) == 0;
  errno = EPERM;
  if (is_root_again || !is_only(user, group) || !has_no_capability()) return "the check that nothing is left";
  return NULL;
}

uint64_t cl_raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return UINT64_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

void cl_hold_standard_descriptors(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is this one. It is opened the wrong way round.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

void cl_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
