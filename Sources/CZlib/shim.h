// The DEFLATE streams of zlib (zlib1g-dev).
#include <zlib.h>
