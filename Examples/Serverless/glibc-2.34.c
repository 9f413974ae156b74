// What a build on a newer Linux takes from a newer glibc than Amazon Linux 2023's 2.34: build.sh links these instead.
//
// Foundation calls hypot and hypotf, which since 2.35 have another symbol version; libstdc++'s random_device calls arc4random, which is
// new in 2.36. build.sh checks what is left.
#include <math.h>
#include <stdint.h>
#include <sys/random.h>

// The wider type cannot overflow, and C23 says that infinity wins over not-a-number.
double hypot(double a, double b) {
    return isinf(a) || isinf(b) ? INFINITY : (double)sqrtl((long double)a * a + (long double)b * b);
}

float hypotf(float a, float b) {
    return isinf(a) || isinf(b) ? INFINITY : (float)sqrt((double)a * a + (double)b * b);
}

uint32_t arc4random(void) {
    uint32_t value;
    // Fails only where a signal came before the system had any randomness.
    while (getrandom(&value, sizeof value, 0) != sizeof value) {
    }
    return value;
}
