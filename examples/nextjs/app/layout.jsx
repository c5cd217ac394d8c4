import { TalkwireProvider } from 'talkwire/react';
import { token } from './gateway.js';
import './styles.css';

export const metadata = {
  title: 'Chat · talkwire',
  description: 'A chat on talkwire, with Next.js.',
};

const url = process.env.NEXT_PUBLIC_WEBSOCKET_URL ?? 'ws://localhost:3001/ws';

export default async function Layout({ children }) {
  // A later page brings a newer token; the connection stays, and uses it when it is made anew.
  return (
    <html lang="en">
      <body>
        <TalkwireProvider url={`${url}?token=${await token()}`}>{children}</TalkwireProvider>
      </body>
    </html>
  );
}
