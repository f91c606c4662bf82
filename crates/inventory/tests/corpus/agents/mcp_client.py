"""Talks to tools."""
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

server = StdioServerParameters(command="uvx", args=["mcp-server-fetch"])


async def tools():
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            return await session.list_tools(), "tools/list"
