/** Where lines are drawn. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** A block of lines at the end of the output that is drawn over itself. */
export interface LiveLines {
  /** Asks for the lines to be drawn soon; drawn at most so many times a second. Nothing happens without a terminal. */
  update(): void;
  /** Draws the last state and leaves it standing. */
  close(): void;
}

const INTERVAL_MS = 80;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_REST = "\u001b[J";

/** @param render the lines as they are now; each must fit in `columns`, or drawing over them would go astray */
export function createLiveLines(screen: Screen, render: (columns: number) => readonly string[]): LiveLines {
  let height = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOpen = screen.isTerminal;

  const draw = (): void => {
    const lines = render(screen.columns);
    const up = height > 0 ? `\u001b[${height}A` : "";
    screen.write(`${HIDE_CURSOR}\r${up}${CLEAR_REST}${lines.map((line) => `${line}\n`).join("")}${SHOW_CURSOR}`);
    height = lines.length;
  };
  return {
    update() {
      if (!isOpen || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (isOpen) draw();
      }, INTERVAL_MS);
    },
    close() {
      if (!isOpen) return;
      clearTimeout(timer);
      isOpen = false;
      draw();
    },
  };
}
