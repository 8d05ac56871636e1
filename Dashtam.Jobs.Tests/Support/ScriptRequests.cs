using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Infrastructure.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a <see cref="FaultProxy"/> knows a call of a script by.</summary>
internal static class ScriptRequests
{
    /// <summary>
    /// A process calls a script by its text the first time, and by its SHA-1 from then on. Before the first call the library
    /// sends <c>SCRIPT LOAD</c> with the same text, which is no call and has an answer of its own.
    /// </summary>
    public static async Task<string[]> OfAsync(TestQueue queue, string script)
    {
        var text = RedisScript.Load(script).Text;
        var sha = await queue.Queue.Multiplexer.GetServers()[0].ScriptLoadAsync(text);
        var call = string.Create(
            CultureInfo.InvariantCulture, $"EVAL\r\n${Encoding.UTF8.GetByteCount(text)}\r\n{text.Split('\n')[0]}");
        return [call, Convert.ToHexStringLower(sha)];
    }
}
