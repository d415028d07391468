// Colours for Julia's files where no extension brings a language for TOML: VS Code takes them for
// plain text then. Where one does, this is not asked for anything.

import * as vscode from "vscode";
import { PATTERNS } from "./juliaFiles";
import { TOKEN_TYPES, tokensOf } from "./tomlTokens";

/** Lets VS Code ask for the colours. */
export function colourToml(): vscode.Disposable {
  const legend = new vscode.SemanticTokensLegend([...TOKEN_TYPES]);
  return vscode.languages.registerDocumentSemanticTokensProvider(
    PATTERNS.map((pattern) => ({ language: "plaintext", scheme: "file", pattern })),
    {
      provideDocumentSemanticTokens(document) {
        const builder = new vscode.SemanticTokensBuilder(legend);
        for (const { line, start, length, type } of tokensOf(document.getText())) {
          builder.push(line, start, length, TOKEN_TYPES.indexOf(type));
        }
        return builder.build();
      },
    },
    legend,
  );
}
