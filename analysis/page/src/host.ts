// The editor that shows the page in a webview, if one does.

interface Host {
  postMessage(message: unknown): void;
  getState(): State | undefined;
  setState(state: State): void;
}

/** What is kept while the page is hidden: the view as x, y and scale, and the pinned unit. */
export interface State {
  view: [number, number, number];
  pinned: string | null;
}

/** What an editor sends: a new page of the same kind, or that there is none any more. */
export type Message = { type: "picture"; html: string } | { type: "gone" };

declare const acquireVsCodeApi: (() => Host) | undefined;

export const host: Host | null = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;

/** Calls back with each message of the editor; whatever else is posted to a window is ignored. */
export function onMessage(receive: (message: Message) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== "object" || data === null || !("type" in data)) return;
    if (data.type === "gone") receive({ type: "gone" });
    else if (data.type === "picture" && "html" in data && typeof data.html === "string") {
      receive({ type: "picture", html: data.html });
    }
  });
}
