// A program in namespaces of its own, and descriptors on their way between processes: what Glibc does not show to
// Swift. The child of ns_start() runs nothing but the C of namespaces.c until it becomes the program, so that it does
// not matter which threads its parent has.
#ifndef CNAMESPACES_H
#define CNAMESPACES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// An address in network order; `family` 0 stands for none.
struct ns_address {
  int family;
  uint8_t octets[16];
};

/// A place inside that gets a UDP and a TCP socket.
struct ns_place {
  struct ns_address address;
  uint16_t port;
};

/// What the child does. Everything is made before, and outlives ns_start().
struct ns_plan {
  /// For `lo`, each alone in its prefix.
  const struct ns_address *_Nullable addresses;
  size_t address_count;
  /// From which the other addresses are asked, a family each.
  struct ns_address source4, source6;
  const struct ns_place *_Nullable places;
  size_t place_count;
  /// The texts of /etc/resolv.conf and /etc/nsswitch.conf; the second is only written where there is one.
  const char *_Nonnull resolver_text;
  const char *_Nonnull switch_text;
  /// Unix sockets that programs must not find.
  const char *_Nullable const *_Nullable hidden;
  size_t hidden_count;
  /// The program with its arguments, then NULL. Its variables are ours.
  char *_Nullable const *_Nonnull arguments;
  /// A descriptor that the program inherits; -1 for none.
  int inherited;
};

/// How far the child is.
enum ns_step {
  /// With two descriptors, UDP and TCP, for the place of `index`.
  NS_SOCKETS,
  /// Everything stands; it waits for ns_go().
  NS_READY,
  // What went wrong, with its number.
  NS_UNSHARE,
  NS_IDENTITY,
  NS_LOOPBACK,
  NS_ADDRESS,
  NS_ROUTE,
  NS_BIND,
  NS_FILES,
  NS_RESOLVER,
  NS_SWITCH,
  NS_HIDE,
  NS_EXECUTE,
};

struct ns_report {
  int step;
  int number;
  int index;
};

/// Blocks these signals in the calling thread; the program of a later ns_start() gets the mask of before. Returns a
/// descriptor that reads them, -1 with errno.
int ns_block_signals(const int *_Nonnull signals, int count);

/// Starts the child, which reports through `channel`. Returns its process id, or -1 with errno.
pid_t ns_start(const struct ns_plan *_Nonnull plan, int *_Nonnull channel);

/// The next report: 1; 0 at the end of the channel, which is when the program runs; -1 with errno.
int ns_next_report(int channel, struct ns_report *_Nonnull report, int descriptors[_Nonnull 2]);

/// Lets the child become the program.
void ns_go(int channel);

/// The next signal of a signalfd, and whether the kernel itself sent it, as a terminal's keys do; 0 when none waits.
int ns_next_signal(int fd, int *_Nonnull is_from_kernel);

/// A change of the child's state, without waiting: 1 and its status; 0 when there is none.
int ns_changed(pid_t child, int *_Nonnull status);
/// What a status says: the exit status, or -1; the signal that ended it, or 0; the one that stopped it, or 0.
int ns_exit_status(int status);
int ns_end_signal(int status);
int ns_stop_signal(int status);

// Sessions: Unix sockets of the abstract kind, and descriptors through them. Each returns -1 and sets errno when it
// fails; every descriptor is close-on-exec.

int ns_listen(const char *_Nonnull name);
int ns_accept(int listening);
int ns_connect(const char *_Nonnull name);
/// The user at the other end.
int ns_peer(int fd, uid_t *_Nonnull user);
int ns_send(int fd, const void *_Nonnull octets, size_t count, const int *_Nullable descriptors, size_t descriptor_count);
/// Octets of the next message, 0 at the end. `descriptor_count` is the room, then how many came.
ssize_t ns_receive(int fd, void *_Nonnull octets, size_t count, int *_Nonnull descriptors,
                   size_t *_Nonnull descriptor_count);
/// 1 for a UDP socket, 2 for a TCP socket that listens, else 0; with the address and port that it has.
int ns_kind(int fd, struct ns_place *_Nonnull place);

/// A file without a name.
int ns_memory_file(void);

#endif
