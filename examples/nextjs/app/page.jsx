import Link from 'next/link';
import { read } from './gateway.js';

export default async function Page() {
  const { conversations } = await read('/conversations');
  return (
    <main>
      <h1>Conversations</h1>
      <ul>
        {conversations.map(({ id, title }) => (
          <li key={id}>
            <Link href={`/conversations/${id}`}>{title}</Link>
          </li>
        ))}
      </ul>
    </main>
  );
}
