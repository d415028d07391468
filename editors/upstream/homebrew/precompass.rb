class Precompass < Formula
  desc "See what Julia recompiles before you change a line of its project files"
  homepage "https://github.com/precompass/precompass"
  version "0.1.0"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/precompass/precompass/releases/download/v0.1.0/precompass-0.1.0-darwin-arm64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_intel do
      url "https://github.com/precompass/precompass/releases/download/v0.1.0/precompass-0.1.0-darwin-x64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/precompass/precompass/releases/download/v0.1.0/precompass-0.1.0-linux-arm64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_intel do
      url "https://github.com/precompass/precompass/releases/download/v0.1.0/precompass-0.1.0-linux-x64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
  end

  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"precompass", libexec/"precompass-lsp"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/precompass --version")
    (testpath/"LocalPreferences.toml").write "[Nobody]\nfast = true\n"
    assert_match "ignored-preferences", shell_output("#{bin}/precompass check #{testpath}", 1)
  end
end
