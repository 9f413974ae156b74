import ChatAuth
import Foundation

extension ServerOptions {
    /// ReferenceServer with one user, as whom every client connects.
    func startChat() async throws -> RunningServer {
        let program = try self.program("ReferenceServer")
        let folder = try self.makeFolder(in: self.folder)
        do {
            let process = try ServerProcess(
                program, ["--port", "0", "--store", "sqlite:\(folder)/chat.sqlite", "--durability", self.durability, "--auto-confirm"],
                readiness: .line)
            let pool = UserPoolClient(
                endpoint: "http://127.0.0.1:\(process.port)", poolId: "us-east-1_chatlocal", clientId: "chatlocal")
            do {
                _ = try await pool.signUp(username: "bench", password: "Bench-Passw0rd")
                let token = try await pool.signIn(username: "bench", password: "Bench-Passw0rd").accessToken
                let endpoint = ServerEndpoint(
                    port: process.port, path: "/ws", header: "Authorization: Bearer \(token)",
                    messagePrefix: #"{"action":"sendMessage","message":""#, messageSuffix: #""}"#)
                return RunningServer(process: process, endpoint: endpoint, folder: folder)
            } catch {
                process.stop()
                throw error
            }
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }
}
