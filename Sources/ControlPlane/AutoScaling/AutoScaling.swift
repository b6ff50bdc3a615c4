// Auto Scaling, as far as groups of instances that are linked at their launch need it (S27).
import Cloud

extension QueryService {
  static let autoScaling = QueryService(
    name: "autoscaling", version: "2011-01-01", namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    operations: launchConfigurationOperations.merging(autoScalingGroupOperations) { _, _ in
      preconditionFailure("an action stands twice")
    },
    codes: .validation)
}

extension AWSError {
  static func validation(_ message: String) -> AWSError { AWSError("ValidationError", message) }
}

extension Parameters {
  /// A name of Auto Scaling: up to 255 characters, none of them a control character or a colon.
  func scalingName(_ name: String) throws(AWSError) -> String {
    let text = try required(name)
    guard text.unicodeScalars.count <= 255, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != ":" }) else {
      throw .validation("\(name) has at most 255 characters, no control characters and no colon: '\(text)'")
    }
    return text
  }
}
