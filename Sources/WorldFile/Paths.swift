// From the paths of a command line to files and their octets.
import FoundationEssentials

enum PathError: Error {
  case missing
  case unreadable(String)
}

/// The world files that a path stands for: itself, or every `*.yaml`, `*.yml` and `*.json` of a folder, by name.
func worldFiles(at path: String) throws(PathError) -> [String] {
  var isFolder = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing }
  guard isFolder else { return [path] }
  let names: [String]
  do {
    names = try FileManager.default.contentsOfDirectory(atPath: path)
  } catch {
    throw .unreadable("the folder cannot be read: \(reason(error))")
  }
  let files = names.filter { name in [".yaml", ".yml", ".json"].contains { name.lowercased().hasSuffix($0) } }
  guard !files.isEmpty else { throw .unreadable("the folder holds no *.yaml, *.yml or *.json") }
  return files.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
}

/// The octets of a file, read and not mapped: a file that is cut short under a mapping ends the process.
func octets(ofFile path: String) throws(PathError) -> [UInt8] {
  do {
    return Array(try Data(contentsOf: URL(filePath: path)))
  } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
    throw .missing
  } catch {
    throw .unreadable("the file cannot be read: \(reason(error))")
  }
}

private func reason(_ error: any Error) -> String {
  guard let error = error as? CocoaError else { return "\(error)" }
  switch error.code {
  case .fileReadNoPermission: return "no permission"
  case .fileReadNoSuchFile: return "no such file"
  default: return "\(error.underlying ?? error)"
  }
}

/// `path` as seen from the folder of `file`, when it is relative.
func path(_ path: String, besides file: String) -> String {
  guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
  return file[...slash] + path
}
