// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let readers: Target.Dependency = .product(name: "Readers", package: "classiclink-dns")
let serverReaders: Target.Dependency = .product(name: "ServerReaders", package: "classiclink-dns")

let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "classiclink-dns", path: "..")],
  targets: [
    .target(name: "CFuzzer"),
    .target(name: "Driver", dependencies: ["CFuzzer", readers], swiftSettings: house),
    .executableTarget(name: "Fuzz", dependencies: ["Driver", readers], swiftSettings: house),
    .executableTarget(name: "FuzzServer", dependencies: ["Driver", serverReaders], swiftSettings: house),
  ]
)
