/** What reaches an agent who looks at something else. */
export const attention = {
  notify: 'Tell me with a sound and a notification when the customer has entered the code',
  denied: 'The browser shows no notifications of this page. You will hear the sound.',
  entered: (customer: string) => `${customer} has entered the code`,
  enteredNext: 'Enter it in the console, too, or start the session.',
  authorized: (customer: string) => `${customer} has given their authorization`,
};
