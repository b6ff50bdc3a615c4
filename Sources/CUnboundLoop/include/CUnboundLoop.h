// The event loop under libunbound's contexts (unbound-event.h, "pluggable"): their sockets stand in one epoll, which the
// owner of the loop waits for among its own descriptors. No thread, and no libevent.
#ifndef CUNBOUNDLOOP_H
#define CUNBOUNDLOOP_H

#include <stdint.h>
#include <unbound.h>
#include <unbound-event.h>

struct cul_loop;

/// NULL, and errno, when the system gives no descriptor or no memory.
struct cul_loop *_Nullable cul_loop_create(void);
/// After the contexts that were made with it are deleted.
void cul_loop_free(struct cul_loop *_Nonnull loop);
/// What ub_ctx_create_ub_event() wants.
struct ub_event_base *_Nonnull cul_loop_base(struct cul_loop *_Nonnull loop);
/// Becomes readable when a socket has something for cul_loop_turn().
int cul_loop_descriptor(const struct cul_loop *_Nonnull loop);
/// Milliseconds until a timer is due, 0 for one that is; -1 without any.
int64_t cul_loop_due(const struct cul_loop *_Nonnull loop);
/// Calls back for timers that are due and for sockets that are ready, without waiting.
void cul_loop_turn(struct cul_loop *_Nonnull loop);

#endif
