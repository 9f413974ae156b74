import CLibcrypto

/// A non-negative integer of any size, wiped when it is let go.
///
/// A thin cover of libcrypto's `BIGNUM`. libcrypto fails only when it is out of memory, which ends the process here as it does
/// elsewhere in Swift.
final class BigNumber {
    private let value: OpaquePointer

    private init(adopting value: OpaquePointer) {
        self.value = value
    }

    /// Unsigned, big-endian; none is zero.
    convenience init(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        self.init(adopting: Self.allocated(BN_bin2bn(bytes, Int32(bytes.count), nil)))
    }

    deinit {
        BN_clear_free(self.value)
    }

    var isZero: Bool { BN_is_zero(self.value) == 1 }

    var bitWidth: Int { Int(BN_num_bits(self.value)) }

    /// Unsigned, big-endian, without leading zeros; zero is none.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (self.bitWidth + 7) / 8) { buffer, count in
            count = Int(BN_bn2bin(self.value, buffer.baseAddress))
        }
    }

    static func + (left: BigNumber, right: BigNumber) -> BigNumber {
        let result = Self.fresh()
        Self.check(BN_add(result.value, left.value, right.value))
        return result
    }

    static func * (left: BigNumber, right: BigNumber) -> BigNumber {
        Self.withContext { context in
            let result = Self.fresh()
            Self.check(BN_mul(result.value, left.value, right.value, context))
            return result
        }
    }

    func modulo(_ modulus: BigNumber) -> BigNumber {
        Self.withContext { context in
            let result = Self.fresh()
            Self.check(BN_nnmod(result.value, self.value, modulus.value, context))
            return result
        }
    }

    func subtracting(_ other: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        Self.withContext { context in
            let result = Self.fresh()
            Self.check(BN_mod_sub(result.value, self.value, other.value, modulus.value, context))
            return result
        }
    }

    func multiplied(by other: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        Self.withContext { context in
            let result = Self.fresh()
            Self.check(BN_mod_mul(result.value, self.value, other.value, modulus.value, context))
            return result
        }
    }

    /// The time it takes does not depend on the bits of the exponent. The modulus is odd.
    func power(_ exponent: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        Self.withContext { context in
            let result = Self.fresh()
            let base = self.modulo(modulus)
            BN_set_flags(exponent.value, Int32(BN_FLG_CONSTTIME))
            Self.check(BN_mod_exp_mont_consttime(result.value, base.value, exponent.value, modulus.value, context, nil))
            return result
        }
    }

    private static func fresh() -> BigNumber {
        BigNumber(adopting: Self.allocated(BN_secure_new()))
    }

    private static func withContext(_ body: (OpaquePointer) -> BigNumber) -> BigNumber {
        let context = Self.allocated(BN_CTX_new())
        defer { BN_CTX_free(context) }
        return body(context)
    }

    private static func allocated(_ pointer: OpaquePointer?) -> OpaquePointer {
        guard let pointer else { preconditionFailure("libcrypto is out of memory") }
        return pointer
    }

    private static func check(_ result: Int32) {
        precondition(result == 1, "libcrypto is out of memory")
    }
}
