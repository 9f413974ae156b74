import ChatStore
import Testing

@testable import ChatAuth

struct PasswordPolicyTests {
    private static func problem(_ password: String, _ policy: PasswordPolicy = PasswordPolicy()) -> String? {
        do throws(UserPoolError) {
            try policy.check(password)
            return nil
        } catch {
            #expect(error.code == .invalidPassword)
            return error.message
        }
    }

    @Test(arguments: [
        ("Aa1!aaa", "not long enough"), ("", "not long enough"), ("aa1!aaaa", "uppercase"), ("AA1!AAAA", "lowercase"),
        (
            "Aaa!aaaa",
            "numeric"
        ),
        ("Aa1aaaaa", "symbol"), ("Aa1 aaaa", "symbol"), ("Aa1!" + String(repeating: "a", count: 253), "too long"),
    ])
    func saysWhatIsMissing(_ password: String, _ problem: String) {
        #expect(Self.problem(password)?.contains(problem) == true)
    }

    @Test(arguments: ["Aa1!aaaa", "Pässw0rd! 1", "Ää1€ääää", "Aa1!" + String(repeating: "a", count: 252)])
    func acceptsWhatHasEverything(_ password: String) {
        #expect(Self.problem(password) == nil)
    }

    @Test func eachDemandCanBeDropped() {
        var policy = PasswordPolicy()
        policy.minimumLength = 1
        policy.requiresUppercase = false
        policy.requiresLowercase = false
        policy.requiresNumber = false
        policy.requiresSymbol = false
        #expect(Self.problem("a", policy) == nil)
        #expect(Self.problem("", policy) != nil)
    }

    @Test func aWeakPasswordMakesNoUser() async throws {
        let fixture = try await PoolFixture()
        let error = await #expect(throws: UserPoolError.self) { try await fixture.addUser(password: "weak") }
        #expect(error?.code == .invalidPassword)
        #expect(try await fixture.store.user(pool: PoolFixture.poolId, username: "alice") == nil)
        #expect(fixture.delivery.count == 0)
    }
}
