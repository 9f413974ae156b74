/// What the generator measured of one broadcast run, as it prints it.
struct BroadcastResult: Codable {
    var connections: Int
    var mode: LoadMode
    var seconds: Double
    /// Messages that were sent altogether, warm-up and drain included, and the deliveries that are missing or misplaced.
    var sent: Int
    var lost: Int
    var outOfOrder: Int
    /// Deliveries in the window that was measured.
    var deliveries: Int
    var deliveriesPerSecond: Double
    /// From when a message was to be sent until one member had it.
    var latency: Percentiles
    /// From when a message was to be sent until its last member had it.
    var fanOut: Percentiles
    var serverMicrosecondsPerDelivery: Double
    var loadMicrosecondsPerDelivery: Double
    /// Parts of one processor, 0…1 (more with several threads).
    var serverBusy: Double
    var loadBusy: Double
}
