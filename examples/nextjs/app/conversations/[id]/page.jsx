import Link from 'next/link';
import { read } from '../../gateway.js';
import { Thread } from './thread.jsx';

export default async function Page({ params }) {
  const { id } = await params;
  const { messages } = await read(`/conversations/${encodeURIComponent(id)}/messages?limit=20`);
  return (
    <main>
      <Link href="/">All conversations</Link>
      <h1>Conversation</h1>
      <Thread key={id} id={id} initialMessages={messages} />
    </main>
  );
}
