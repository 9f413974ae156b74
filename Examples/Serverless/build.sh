#!/usr/bin/env bash
# Builds the functions for Lambda's provided.al2023: one zip a function, each with one executable, `bootstrap`.
#
#   build.sh [--arch arm64|x86_64] [--output FOLDER] [--host-only]
#
#   --arch       what the functions shall run on; default: what this machine is. Swift is not cross-compiled here.
#   --output     where the zips go; default: .build/lambda
#   --host-only  the functions need run on this machine only (a local AWS): what they need of its libraries is shown, not checked.
#
# Swift's own libraries, libstdc++, libcrypto and zlib are linked in. What is left to the system is glibc and libgcc, and of glibc nothing
# newer than Amazon Linux 2023's 2.34; the build fails otherwise, and names what is too new.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root
readonly functions=(ConnectAuthorizer ConnectHandler DisconnectHandler MessageHandler)
# The versions of Amazon Linux 2023, and the libraries that its Lambda image has for certain.
readonly glibc=2.34
readonly libraries='^(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-x86-64|ld-linux-aarch64)\.so\.[0-9]+$'

# Whether the image is still called so, Swift's page of images says.
readonly container="docker run --rm -v '$root':/chat -w /chat swift:6.3-amazonlinux2023 bash -c 'yum -y install libstdc++-static openssl-devel zlib-static zip binutils && Examples/Serverless/build.sh'"

fail() { echo "build.sh: $*" >&2; exit 1; }

architecture=
output=$root/.build/lambda
host_only=false
while (($#)); do
    case $1 in
    --arch) architecture=${2:?--arch needs arm64 or x86_64}; shift 2 ;;
    --output) output=${2:?--output needs a folder}; shift 2 ;;
    --host-only) host_only=true; shift ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//p;}' "$0"; exit ;;
    *) fail "'$1' is no option of mine; --help tells which there are." ;;
    esac
done

for tool in swift clang readelf strip zip; do
    command -v "$tool" >/dev/null || fail "the command '$tool' is missing. On Debian: apt-get install binutils zip; swift and clang come with a Swift toolchain."
done
[[ $(uname -s) == Linux ]] || fail "this is no Linux, so it cannot build for Lambda. Run it in a Swift container:
  $container"
case $(uname -m) in
x86_64) host=x86_64 ;;
aarch64 | arm64) host=arm64 ;;
*) fail "Lambda has no $(uname -m)." ;;
esac
architecture=${architecture:-$host}
[[ $architecture == "$host" ]] || fail "this machine is $host and cannot build for $architecture. Build on one that is, or deploy with --arch $host."

# A folder that has nothing but archives, searched first: the linker finds no shared library there to prefer. SwiftPM would search the
# folder that the system's .pc files name before it, so there are .pc files here too.
archives=$root/.build/lambda-archives
rm -rf "$archives"
mkdir -p "$archives" "$output"
for name in stdc++ crypto z; do
    file=$(clang++ -print-file-name="lib$name.a")
    [[ $file == /* ]] || file=$(gcc -print-file-name="lib$name.a" 2>/dev/null || true)
    [[ $file == /* && -e $file ]] || fail "lib$name.a is missing. On Debian: apt-get install libstdc++-12-dev libssl-dev zlib1g-dev; on Amazon Linux: yum install libstdc++-static openssl-devel zlib-static."
    ln -s "$file" "$archives/"
done
for package in libcrypto:crypto zlib:z; do
    printf 'Name: %s\nDescription: static\nVersion: 0\nLibs: -L%s -l%s\n' "${package%:*}" "$archives" "${package#*:}" >"$archives/${package%:*}.pc"
done
export PKG_CONFIG_PATH=$archives${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
clang -O2 -fno-builtin -c "$here/glibc-2.34.c" -o "$archives/glibc-2.34.o"

# What a binary takes from outside, one a line: libraries that it needs, and symbols newer than Amazon Linux 2023 has.
too_new() {
    readelf -W -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE "$libraries" | sed 's/^/needs the library /' || true
    readelf -W --dyn-syms "$1" | awk -v most="$glibc" '
        match($0, /@GLIBC_[0-9.]+/) {
            version = substr($0, RSTART + 7, RLENGTH - 7); split(version, has, "."); split(most, may, ".")
            if (has[1] > may[1] || has[1] == may[1] && has[2] > may[2]) print "needs " $8
        }
        /@GLIBC_PRIVATE|@GLIBC_ABI/ { print "needs " $8 }' | sort -u
}

cd "$root"
# A folder of its own: in the ordinary one, every ordinary build after this one would build everything anew, and this one likewise.
build=(swift build -c release --static-swift-stdlib --scratch-path "$root/.build-lambda")
for function in "${functions[@]}"; do
    "${build[@]}" --product "$function" \
        -Xlinker "-L$archives" -Xlinker "$archives/glibc-2.34.o" -Xlinker --gc-sections
done
bin=$("${build[@]}" --show-bin-path)
for function in "${functions[@]}"; do
    work=$(mktemp -d)
    cp "$bin/$function" "$work/bootstrap"
    strip "$work/bootstrap"
    chmod 755 "$work/bootstrap"
    needs=$(too_new "$work/bootstrap")
    if [[ -n $needs ]]; then
        if $host_only; then
            echo "$function will not run on Lambda: it"; echo "${needs//needs/    needs}"
        else
            rm -rf "$work"
            fail "$function would not start on Amazon Linux 2023 (glibc $glibc): it
${needs//needs/    needs}
This machine's glibc is $(getconf GNU_LIBC_VERSION). Build in Amazon Linux's own Swift container instead:
  $container
For a local AWS on this machine, --host-only will do."
        fi
    fi
    # The same content makes the same zip: it is named by its hash when it is deployed.
    TZ=UTC touch -t 200001010000 "$work/bootstrap"
    rm -f "$output/$function.zip"
    (cd "$work" && TZ=UTC zip -q -X -9 "$output/$function.zip" bootstrap)
    printf '%-18s %s zipped, %s unpacked\n' "$function" \
        "$(numfmt --to=iec-i --suffix=B "$(stat -c %s "$output/$function.zip")")" "$(numfmt --to=iec-i --suffix=B "$(stat -c %s "$work/bootstrap")")"
    rm -rf "$work"
done
echo "$architecture" >"$output/architecture"
