// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "classiclink-dns", path: "..")],
  targets: [
    .target(name: "CCallgrind"),
    .executableTarget(
      name: "Replay",
      dependencies: ["CCallgrind", .product(name: "Resolution", package: "classiclink-dns")],
      swiftSettings: [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)
