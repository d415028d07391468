// The parts of a TOML file that are coloured, line by line.

/** The standard token types of VS Code that are used here. */
export const TOKEN_TYPES = [
  "comment",
  "namespace",
  "property",
  "string",
  "number",
  "keyword",
] as const;

export interface Token {
  readonly line: number;
  readonly start: number;
  readonly length: number;
  readonly type: (typeof TOKEN_TYPES)[number];
}

const COMMENT = /#.*/y;
const HEADER = /\s*\[\[?[^\]#]*\]?\]?/y;
const KEY = /(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?=\s*(?:\.|=))/y;
const STRING = /"(?:[^"\\]|\\.)*"?|'[^']*'?/y;
const KEYWORD = /\b(?:true|false|inf|nan)\b/y;
const NUMBER = /[+-]?(?:\d[\w.:+-]*|inf\b|nan\b)/y;
const QUOTES = ['"""', "'''"] as const;

/** Returns the tokens of a text; of a wrong text, as many as can be told. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let open: string | undefined; // the quotes of a string that began on an earlier line
  const brackets: string[] = []; // of the arrays and inline tables that are open
  text.split(/\r?\n/).forEach((content, line) => {
    let at = 0;
    const add = (type: Token["type"], end: number) => {
      if (end > at) tokens.push({ line, start: at, length: end - at, type });
      at = end;
    };
    const match = (pattern: RegExp): number => {
      pattern.lastIndex = at;
      return pattern.test(content) ? pattern.lastIndex : 0;
    };
    const close = () => {
      if (open === undefined) return;
      const end = content.indexOf(open, at);
      if (end < 0) {
        add("string", content.length);
      } else {
        add("string", end + open.length);
        open = undefined;
      }
    };
    close();
    const header = at === 0 && brackets.length === 0 && open === undefined ? match(HEADER) : 0;
    if (header > 0) {
      at = content.indexOf("[");
      add("namespace", header);
    }
    let isValue = brackets.at(-1) === "["; // what comes next, if it is not a key
    while (at < content.length && open === undefined) {
      const quotes = QUOTES.find((each) => content.startsWith(each, at));
      const [comment, string] = [match(COMMENT), match(STRING)];
      const key = isValue ? 0 : match(KEY);
      const [keyword, number] = [match(KEYWORD), match(NUMBER)];
      if (comment > 0) add("comment", comment);
      else if (quotes !== undefined) {
        const end = content.indexOf(quotes, at + quotes.length);
        if (end < 0) open = quotes;
        add("string", end < 0 ? content.length : end + quotes.length);
      } else if (key > 0) add("property", key);
      else if (string > 0) add("string", string);
      else if (keyword > 0) add("keyword", keyword);
      else if (number > 0) add("number", number);
      else {
        const character = content.charAt(at);
        if ("[{".includes(character)) brackets.push(character);
        if ("]}".includes(character)) brackets.pop();
        if ("[]}=".includes(character)) isValue = true;
        if (character === "{") isValue = false;
        if (character === ",") isValue = brackets.at(-1) !== "{";
        at += 1;
      }
    }
  });
  return tokens;
}
