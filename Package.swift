// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: memory safety is checked, a warning is an error.
let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "classiclink-dns",
  products: [
    .executable(name: "classiclink-dns", targets: ["ClassicLinkDNS"]),
    // For Benchmarks, a package of its own: from a world to an answer without a socket.
    .library(name: "Resolution", targets: ["DNSWire", "Cloud", "WorldFile", "Resolution"]),
    // For Fuzz, a package of its own: what libFuzzer brings octets to.
    .library(name: "Readers", targets: ["Readers"]),
    .library(name: "ServerReaders", targets: ["Readers", "ServerReaders"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CLdns", pkgConfig: "ldns", providers: [.apt(["libldns-dev"])]),
    .systemLibrary(name: "CUnbound", pkgConfig: "libunbound", providers: [.apt(["libunbound-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CUnboundLoop", dependencies: ["CUnbound"]),
    .target(name: "CNamespaces"),
    .target(name: "DNSWire", swiftSettings: house),
    .target(name: "Cloud", dependencies: ["DNSWire"], swiftSettings: house),
    .target(name: "ZoneFile", dependencies: ["DNSWire", "CLdns"], swiftSettings: house),
    .target(
      name: "WorldFile",
      dependencies: ["DNSWire", "Cloud", "ZoneFile", .product(name: "Yams", package: "Yams")],
      // A type that holds a span says on what it depends.
      swiftSettings: house + [.enableExperimentalFeature("Lifetimes")]),
    .target(
      name: "Store",
      dependencies: [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .target(name: "Resolution", dependencies: ["DNSWire", "Cloud"], swiftSettings: house),
    .target(name: "Traps", dependencies: ["DNSWire", "Cloud"], swiftSettings: house),
    .target(name: "Recursion", dependencies: ["DNSWire", "CUnbound", "CUnboundLoop"], swiftSettings: house),
    .target(name: "Transport", dependencies: ["DNSWire", "Resolution", "Recursion", "CLinux"], swiftSettings: house),
    .target(
      name: "Namespaces", dependencies: ["DNSWire", "Transport", "CNamespaces"], swiftSettings: house),
    .target(
      name: "ControlPlane",
      dependencies: [
        "DNSWire", "Cloud", "Resolution", "WorldFile", "ZoneFile", "Store",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "CoreMetrics", package: "swift-metrics"), .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: house),
    .target(name: "Story", dependencies: ["DNSWire", "Cloud", "WorldFile", "Resolution"], swiftSettings: house),
    .executableTarget(
      name: "ClassicLinkDNS",
      dependencies: [
        "DNSWire", "Cloud", "WorldFile", "ZoneFile", "Resolution", "Transport", "Recursion", "Traps", "Story", "Store",
        "CLinux", "ControlPlane", "Namespaces",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"), .product(name: "CoreMetrics", package: "swift-metrics"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "DNSWireTests", dependencies: ["DNSWire"], exclude: ["Fixtures"], swiftSettings: house),
    .testTarget(name: "ZoneFileTests", dependencies: ["ZoneFile", "DNSWire"], swiftSettings: house),
    .testTarget(
      name: "WorldFileTests", dependencies: ["WorldFile", "Cloud", "DNSWire", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: house),
    .testTarget(name: "CloudTests", dependencies: ["Cloud", "DNSWire"], swiftSettings: house),
    .testTarget(
      name: "TransportTests",
      dependencies: ["Cloud", "DNSWire", "Resolution", "Transport", "Recursion", "CLinux", "WorldFile", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "ScenarioTests",
      dependencies: ["DNSWire", "Cloud", "WorldFile", "Resolution", "Traps", "ClassicLinkDNS", "TestSupport"],
      exclude: ["Fixtures"],
      swiftSettings: house),
    .testTarget(
      name: "RecursionTests", dependencies: ["Recursion", "DNSWire", "TestSupport"], swiftSettings: house),
    .testTarget(name: "TrapsTests", dependencies: ["Traps", "Cloud", "DNSWire"], swiftSettings: house),
    .testTarget(
      name: "ResolutionTests", dependencies: ["DNSWire", "Cloud", "WorldFile", "Resolution", "TestSupport"],
      swiftSettings: house),
    // What several test targets need.
    .target(name: "TestSupport", dependencies: ["Cloud", "DNSWire"], path: "Tests/TestSupport", swiftSettings: house),
    // What must be true of whatever is made of any octets: for the tests of the corpora, and for Fuzz.
    .target(
      name: "Readers", dependencies: ["DNSWire", "Cloud", "ZoneFile", "WorldFile", "Resolution"],
      path: "Tests/Readers", swiftSettings: house),
    .target(
      name: "ServerReaders",
      dependencies: ["Readers", "DNSWire", "Cloud", "WorldFile", "Resolution", "Transport", "ControlPlane"],
      path: "Tests/ServerReaders", swiftSettings: house),
    .testTarget(name: "ReaderTests", dependencies: ["Readers", "ServerReaders"], swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: ["ClassicLinkDNS", "DNSWire", "Cloud", "WorldFile", "Resolution", "Store", "TestSupport"],
      exclude: ["Golden"], swiftSettings: house),
    .testTarget(
      name: "StoryTests",
      dependencies: ["Story", "DNSWire", "Cloud", "WorldFile", "Resolution", "ClassicLinkDNS", "TestSupport"],
      swiftSettings: house),
    .testTarget(name: "StoreTests", dependencies: ["Store", "TestSupport", "StoreWriter"], swiftSettings: house),
    // Commits until it is killed.
    .executableTarget(
      name: "StoreWriter", dependencies: ["Store"], path: "Tests/StoreWriter", swiftSettings: house),
    .testTarget(name: "TidyTests", swiftSettings: house),
    .testTarget(
      name: "ControlPlaneTests",
      dependencies: ["ControlPlane", "Cloud", "DNSWire", "Resolution", "Store", "TestSupport", "WorldFile"],
      swiftSettings: house),
    .testTarget(
      name: "APITests", dependencies: ["ClassicLinkDNS", "TestSupport"],
      exclude: ["Stories"], swiftSettings: house),
    .testTarget(name: "ExecTests", dependencies: ["ClassicLinkDNS", "TestSupport"], swiftSettings: house),
    .testTarget(name: "ServeTests", dependencies: ["ClassicLinkDNS", "TestSupport"], swiftSettings: house),
  ]
)
