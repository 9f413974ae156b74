import ChatProtocol
import NIOCore

extension WebSocketHandler.StateMachine {
    /// When ``timerFired(now:isListening:)`` is next of use.
    var deadline: NIODeadline? {
        switch self.state {
        case .closed: return nil
        case .closing(let deadline): return deadline
        case .open: break
        }
        var earliest: NIODeadline?
        func consider(_ deadline: NIODeadline?) {
            guard let deadline else { return }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        consider(self.settings.maximumLifetime.map { self.openedAt + $0 })
        consider(self.settings.idleTimeout.map { self.lastMessage + $0 })
        if let startedAt = self.partial?.value.startedAt { consider(self.settings.messageTimeout.map { startedAt + $0 }) }
        if let pingSentAt {
            consider(pingSentAt + self.settings.pongTimeout)
        } else {
            consider(self.settings.pingInterval.map { self.lastInbound + $0 })
        }
        return earliest
    }

    /// - Parameter isListening: false while nothing is read from the peer, because whoever has its messages wants no more yet.
    mutating func timerFired(now: NIODeadline, isListening: Bool = true) -> TimerAction {
        switch self.state {
        case .closed: return .wait
        case .closing(let deadline):
            guard now >= deadline else { return .wait }
            self.state = .closed
            return .closeChannel
        case .open: break
        }
        if !isListening {
            // Its answer may lie in the socket: a peer that is not listened to cannot be too silent, nor its message too slow.
            self.lastInbound = now
            self.pingSentAt = nil
            if self.partial?.value.startedAt != nil { self.partial?.value.startedAt = now }
        }
        if let pingSentAt, now >= pingSentAt + self.settings.pongTimeout {
            self.state = .closed
            return .closeChannel
        }
        if let startedAt = self.partial?.value.startedAt, let timeout = self.settings.messageTimeout, now >= startedAt + timeout {
            _ = self.close(now: now)
            return .sendClose(.policyViolation, reason: "a message took too long")
        }
        let isTooOld = self.settings.maximumLifetime.map { now >= self.openedAt + $0 } ?? false
        let isIdle = self.settings.idleTimeout.map { now >= self.lastMessage + $0 } ?? false
        if isTooOld || isIdle {
            _ = self.close(now: now)
            return .sendClose(.goingAway, reason: "Going away")
        }
        if self.pingSentAt == nil, let interval = self.settings.pingInterval, now >= self.lastInbound + interval {
            self.pingSentAt = now
            return .sendPing
        }
        return .wait
    }
}
