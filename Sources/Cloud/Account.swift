// Whose something is that names no owner.

/// Accounts by their twelve digits.
public enum Account {
  /// AWS's own example: the owner of everything in a world that says nothing of owners.
  public static let usual = "123456789012"
}
