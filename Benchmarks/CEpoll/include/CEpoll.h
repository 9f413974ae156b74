// Linux's epoll for Swift, whose Glibc module leaves it out. Nothing of libc is included here: this module would become
// the owner of libc's own types.
#include <stdint.h>

struct CEpollEvent {
    uint32_t index;
    uint8_t isReadable, isWritable;
};

// All return -1 and set errno if they fail.
int CEpollCreate(void);
int CEpollAdd(int epoll, int descriptor, uint32_t index, int writable);
int CEpollChange(int epoll, int descriptor, uint32_t index, int writable);

// Waits at most so many nanoseconds; returns the number of events, at most CEpollCapacity.
enum { CEpollCapacity = 512 };
int CEpollWait(int epoll, struct CEpollEvent *events, uint64_t nanoseconds);

// CLOCK_MONOTONIC.
uint64_t CEpollMonotonicNanoseconds(void);
