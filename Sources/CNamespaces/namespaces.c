// The child: namespaces, addresses, sockets, files, then the program. No allocation and no lock on the way.
#define _GNU_SOURCE
#include "CNamespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Own failure, as env(1) and its like end.
enum { OWN_FAILURE = 125, BACKLOG = 1024, LOOPBACK_INDEX = 1 };

static sigset_t mask_of_before;
static int has_mask;

int ns_block_signals(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
  sigprocmask(SIG_BLOCK, &set, has_mask ? NULL : &mask_of_before);
  has_mask = 1;
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void report(int channel, int step, int number, int index, const int *descriptors) {
  struct ns_report one = {.step = step, .number = number, .index = index};
  if (ns_send(channel, &one, sizeof one, descriptors, descriptors == NULL ? 0 : 2) != 0) _exit(OWN_FAILURE);
}

_Noreturn static void fail(int channel, int step, int index) {
  report(channel, step, errno, index, NULL);
  _exit(OWN_FAILURE);
}

static int write_file(const char *path, int flags, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
  if (fd < 0) return -1;
  size_t length = strlen(text);
  int status = write(fd, text, length) == (ssize_t)length ? 0 : -1;
  // The umask is the caller's; the file is for every user that the program may become.
  if (status == 0 && flags & O_CREAT) status = fchmod(fd, 0644);
  int number = errno;
  close(fd);
  errno = number;
  return status;
}

// Namespaces.

static int enter(int channel) {
  uid_t user = geteuid();
  gid_t group = getegid();
  // Root without a user namespace keeps the right to become somebody else.
  if (user == 0 && unshare(CLONE_NEWNET | CLONE_NEWNS) == 0) return 0;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0) fail(channel, NS_UNSHARE, 0);
  // The user stays who it is. Its other groups stay too, as those of nobody.
  char map[64];
  snprintf(map, sizeof map, "%u %u 1", user, user);
  if (write_file("/proc/self/setgroups", 0, "deny") != 0 || write_file("/proc/self/uid_map", 0, map) != 0) return -1;
  snprintf(map, sizeof map, "%u %u 1", group, group);
  return write_file("/proc/self/gid_map", 0, map);
}

// Addresses, by rtnetlink(7).

struct request {
  struct nlmsghdr header;
  union {
    struct ifaddrmsg address;
    struct rtmsg route;
  };
  uint8_t attributes[64];
};

static void add_attribute(struct request *request, int type, const void *octets, size_t count) {
  struct rtattr *attribute = (struct rtattr *)((uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(count);
  memcpy(RTA_DATA(attribute), octets, count);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static size_t size_of(const struct ns_address *address) { return address->family == AF_INET ? 4 : 16; }

static int perform(int netlink, struct request *request) {
  if (send(netlink, request, request->header.nlmsg_len, 0) < 0) return -1;
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    uint8_t rest[512];
  } answer;
  if (recv(netlink, &answer, sizeof answer, 0) < (ssize_t)NLMSG_LENGTH(sizeof answer.error.error)) return -1;
  errno = -answer.error.error;
  return errno == 0 ? 0 : -1;
}

static int add_address(int netlink, const struct ns_address *address) {
  struct request request = {
      .header = {.nlmsg_type = RTM_NEWADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE},
      .address = {.ifa_family = address->family, .ifa_prefixlen = 8 * size_of(address), .ifa_index = LOOPBACK_INDEX}};
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.address);
  // Nobody else is there to have the same address.
  if (address->family == AF_INET6) request.address.ifa_flags = IFA_F_NODAD;
  add_attribute(&request, IFA_LOCAL, address->octets, size_of(address));
  add_attribute(&request, IFA_ADDRESS, address->octets, size_of(address));
  return perform(netlink, &request);
}

/// Milliseconds for the kernel to make a route of its own: some on a quiet machine.
enum { ROUTE_TRIES = 5000 };

/// Takes the place of the kernel's own route, by which a question would come from the very address that it goes to.
static int add_route(int netlink, const struct ns_address *address, const struct ns_address *source) {
  // IPv6 numbers its routes, and one of ours would stand behind the kernel's.
  int is_v6 = address->family == AF_INET6;
  struct request request = {
      .header = {.nlmsg_type = is_v6 ? RTM_DELROUTE : RTM_NEWROUTE,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (is_v6 ? 0 : NLM_F_CREATE | NLM_F_REPLACE)},
      .route = {.rtm_family = address->family,
                .rtm_dst_len = 8 * size_of(address),
                .rtm_table = RT_TABLE_LOCAL,
                .rtm_protocol = RTPROT_KERNEL,
                .rtm_scope = is_v6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST,
                .rtm_type = RTN_LOCAL}};
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.route);
  uint32_t index = LOOPBACK_INDEX;
  add_attribute(&request, RTA_DST, address->octets, size_of(address));
  add_attribute(&request, RTA_OIF, &index, sizeof index);
  if (is_v6) {
    // The kernel makes its route in a work queue, some time after the address is there.
    int tries = ROUTE_TRIES;
    while (perform(netlink, &request) != 0) {
      if (errno != ESRCH || --tries == 0) return -1;
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    request.header.nlmsg_type = RTM_NEWROUTE;
    request.header.nlmsg_flags |= NLM_F_CREATE;
  }
  add_attribute(&request, RTA_PREFSRC, source->octets, size_of(source));
  return perform(netlink, &request);
}

static int raise_loopback(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int status = ioctl(fd, SIOCSIFFLAGS, &request);
  int number = errno;
  close(fd);
  errno = number;
  return status;
}

static void furnish(int channel, const struct ns_plan *plan) {
  if (raise_loopback() != 0) fail(channel, NS_LOOPBACK, 0);
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) fail(channel, NS_LOOPBACK, 0);
  for (size_t index = 0; index < plan->address_count; index++) {
    if (add_address(netlink, &plan->addresses[index]) != 0) fail(channel, NS_ADDRESS, (int)index);
  }
  for (size_t index = 0; index < plan->address_count; index++) {
    const struct ns_address *address = &plan->addresses[index];
    const struct ns_address *source = address->family == AF_INET ? &plan->source4 : &plan->source6;
    if (source->family == 0 || memcmp(source->octets, address->octets, sizeof source->octets) == 0) continue;
    if (add_route(netlink, address, source) != 0) fail(channel, NS_ROUTE, (int)index);
  }
  close(netlink);
}

// Sockets.

static int bound(const struct ns_place *place, int type) {
  int fd = socket(place->address.family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int one = 1;
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address = {.v6 = {.sin6_family = place->address.family, .sin6_port = htons(place->port)}};
  socklen_t length = sizeof address.v4;
  if (place->address.family == AF_INET) {
    memcpy(&address.v4.sin_addr, place->address.octets, sizeof address.v4.sin_addr);
  } else {
    memcpy(&address.v6.sin6_addr, place->address.octets, sizeof address.v6.sin6_addr);
    length = sizeof address.v6;
    if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0) return -1;
  }
  if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0) return -1;
  if (bind(fd, &address.any, length) != 0) return -1;
  if (type == SOCK_STREAM && listen(fd, BACKLOG) != 0) return -1;
  return fd;
}

static void open_sockets(int channel, const struct ns_plan *plan) {
  for (size_t index = 0; index < plan->place_count; index++) {
    int descriptors[2] = {bound(&plan->places[index], SOCK_DGRAM), bound(&plan->places[index], SOCK_STREAM)};
    if (descriptors[0] < 0 || descriptors[1] < 0) fail(channel, NS_BIND, (int)index);
    report(channel, NS_SOCKETS, 0, (int)index, descriptors);
    close(descriptors[0]);
    close(descriptors[1]);
  }
}

// Files.

static const char *const resolver_path = "/etc/resolv.conf";
static const char *const switch_path = "/etc/nsswitch.conf";

static int exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0;
}

/// A file system in memory that nobody outside sees, at a folder that is covered only meanwhile.
static const char *mount_desk(void) {
  static const char *const folders[] = {"/tmp", "/run", "/mnt"};
  for (size_t index = 0; index < sizeof folders / sizeof *folders; index++) {
    if (mount("tmpfs", folders[index], "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0) return folders[index];
  }
  return NULL;
}

static const char *on_desk(const char *desk, const char *name, char room[64]) {
  snprintf(room, 64, "%s/%s", desk, name);
  return room;
}

/// Whether something is mounted below /etc, as files are in containers; also when nobody can say.
static int has_mounts_in_etc(void) {
  static const char sought[] = "/etc/";
  int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 1;
  char piece[1024];
  // The place is the fifth word of a line (proc_pid_mountinfo(5)).
  int spaces = 0;
  size_t matched = 0;
  ssize_t count;
  while ((count = read(fd, piece, sizeof piece)) > 0) {
    for (ssize_t index = 0; index < count && matched < sizeof sought - 1; index++) {
      if (piece[index] == '\n') {
        spaces = 0;
      } else if (piece[index] == ' ') {
        spaces++;
        matched = 0;
      } else if (spaces == 4 && piece[index] == sought[matched]) {
        matched++;
      } else if (spaces == 4) {
        // Nothing else of this line counts.
        spaces++;
        matched = 0;
      }
    }
    if (matched == sizeof sought - 1) break;
  }
  close(fd);
  return count != 0;
}

/// A layer over /etc has files of its own, also where /etc has none or a link that leads nowhere. They stay when
/// somebody outside renames a new file over his own, with which a mount on that file would go.
static int overlay(const char *desk, const struct ns_plan *plan) {
  char path[64], options[160];
  if (mkdir(on_desk(desk, "upper", path), 0755) != 0 || mkdir(on_desk(desk, "work", path), 0755) != 0) return -1;
  // What is seen is the layer's, whatever the caller's umask: a command that becomes another user reads it as well.
  struct stat etc;
  if (stat("/etc", &etc) != 0 || chmod(on_desk(desk, "upper", path), etc.st_mode & 07777) != 0) return -1;
  if (write_file(on_desk(desk, "upper/resolv.conf", path), O_CREAT, plan->resolver_text) != 0) return -1;
  // Without this file the C library asks the resolver by itself.
  if (exists(switch_path) && write_file(on_desk(desk, "upper/nsswitch.conf", path), O_CREAT, plan->switch_text) != 0) {
    return -1;
  }
  snprintf(options, sizeof options, "lowerdir=/etc,upperdir=%s/upper,workdir=%s/work", desk, desk);
  return mount("overlay", "/etc", "overlay", 0, options);
}

static int cover(const char *desk, const char *name, const char *text, const char *target) {
  char path[64];
  if (write_file(on_desk(desk, name, path), O_CREAT, text) != 0) return -1;
  return mount(path, target, NULL, MS_BIND, NULL);
}

static void place_files(int channel, const struct ns_plan *plan) {
  // What is mounted from here on is seen here alone.
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(channel, NS_FILES, 0);
  const char *desk = mount_desk();
  if (desk == NULL) fail(channel, NS_FILES, 0);
  // A layer would hide what is mounted below /etc; a file that is mounted there is not renamed over either.
  int has_file = exists(resolver_path);
  int is_layered = (!has_file || !has_mounts_in_etc()) && overlay(desk, plan) == 0;
  // An older kernel gives layers to root alone.
  if (!is_layered) {
    if (!has_file || cover(desk, "resolv.conf", plan->resolver_text, resolver_path) != 0) fail(channel, NS_RESOLVER, 0);
    if (exists(switch_path) && cover(desk, "nsswitch.conf", plan->switch_text, switch_path) != 0) {
      fail(channel, NS_SWITCH, 0);
    }
  }
  for (size_t index = 0; index < plan->hidden_count; index++) {
    if (exists(plan->hidden[index]) && cover(desk, "nothing", "", plan->hidden[index]) != 0) {
      fail(channel, NS_HIDE, (int)index);
    }
  }
  if (umount2(desk, MNT_DETACH) != 0) fail(channel, NS_FILES, 0);
}

_Noreturn static void become(int channel, const struct ns_plan *plan) {
  if (enter(channel) != 0) fail(channel, NS_IDENTITY, 0);
  furnish(channel, plan);
  open_sockets(channel, plan);
  place_files(channel, plan);
  report(channel, NS_READY, 0, 0, NULL);
  char go;
  if (recv(channel, &go, sizeof go, 0) != sizeof go) _exit(OWN_FAILURE);
  if (plan->inherited >= 0) fcntl(plan->inherited, F_SETFD, 0);
  if (has_mask) sigprocmask(SIG_SETMASK, &mask_of_before, NULL);
  execvp(plan->arguments[0], plan->arguments);
  fail(channel, NS_EXECUTE, 0);
}

// The parent.

pid_t ns_start(const struct ns_plan *plan, int *channel) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    become(ends[1], plan);
  }
  int number = errno;
  close(ends[1]);
  if (child < 0) close(ends[0]);
  errno = number;
  *channel = ends[0];
  return child;
}

int ns_next_report(int channel, struct ns_report *report, int descriptors[2]) {
  size_t count = 2;
  ssize_t octets = ns_receive(channel, report, sizeof *report, descriptors, &count);
  if (octets == 0) return 0;
  if (octets == sizeof *report && (report->step != NS_SOCKETS || count == 2)) return 1;
  if (octets > 0) errno = EPROTO;
  return -1;
}

void ns_go(int channel) {
  if (send(channel, "g", 1, MSG_NOSIGNAL) < 0) return;
}
