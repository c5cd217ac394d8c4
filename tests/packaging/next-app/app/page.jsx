import { Chat } from './chat.jsx';

export default async function Page({ searchParams }) {
  const { server, token } = await searchParams;
  return <Chat url={`ws://${server}?token=${token}`} conversationId="conv_login" />;
}
