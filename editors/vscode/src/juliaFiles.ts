// The files that the server reads, by name: their language differs with the extensions installed.

export const PATTERNS = [
  "**/Project.toml",
  "**/JuliaProject.toml",
  "**/Manifest.toml",
  "**/JuliaManifest.toml",
  "**/Manifest-v*.toml",
  "**/JuliaManifest-v*.toml",
  "**/LocalPreferences.toml",
  "**/JuliaLocalPreferences.toml",
  "**/precompass.toml",
] as const;

const NAME = /^((Julia)?(Project|LocalPreferences|Manifest(-v.*)?)|precompass)\.toml$/;

/** Tells whether the server reads a file of this path, by its name. */
export function isJuliaFile(path: string): boolean {
  return NAME.test(path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1));
}
