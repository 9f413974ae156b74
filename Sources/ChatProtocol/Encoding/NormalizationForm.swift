#if canImport(Darwin)
import Foundation
#else
// swift-foundation takes it from there, too. Foundation's own call would link all of ICU, 30 MB, for this alone.
@_spi(_Unicode) import Swift
#endif

/// Unicode's normalisation form C (UAX #15): one spelling of what may be spelled in several ways.
extension String {
    package var inNormalizationFormC: String {
        if self.utf8.allSatisfy({ $0 < 0x80 }) { return self }
        #if canImport(Darwin)
        return self.precomposedStringWithCanonicalMapping
        #else
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: self._nfc)
        return String(scalars)
        #endif
    }

    package var isInNormalizationFormC: Bool { self.utf8.elementsEqual(self.inNormalizationFormC.utf8) }
}
