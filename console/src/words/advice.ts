/** What happened, and what to do next. */
export interface Advice {
  title: string;
  next: string;
}
