import ChatTransport
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads certificate and key again on SIGHUP, as who renews them sends it. Connections that are open go on.
struct CertificateReloading: Service {
    let tls: ServerTLS
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try self.tls.reload()
                self.logger.notice("the certificate was reloaded")
            } catch {
                self.logger.error("the certificate cannot be reloaded", metadata: ["chat.error": "\(error)"])
            }
        }
    }
}
