// The big-number arithmetic of OpenSSL's libcrypto (libssl-dev).
#include <openssl/bn.h>
#include <openssl/crypto.h>
