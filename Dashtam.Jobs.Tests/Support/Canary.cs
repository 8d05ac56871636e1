using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Envelopes of <c>run_canary</c>, written as TaskIQ writes them.</summary>
internal static class Canary
{
    /// <summary>
    /// Jobs that make a worker of one slot read ahead, and then such as it must not keep: a few slow ones. All ids differ.
    /// </summary>
    public static byte[][] ShortThenSlow(int shortOnes, int slowOnes, int sleepMs) =>
    [
        .. Enumerable.Range(0, shortOnes + slowOnes).Select(
            number => Envelope($"{number}", number < shortOnes ? 0 : sleepMs)),
    ];

    public static byte[] Envelope(string taskId, int sleepMs = 0, int failAttempts = 0, string labels = "{}") =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"task_id": "{{{taskId}}}", "task_name": "run_canary", "labels": {{{labels}}}, "labels_types": {}, "args": [], "kwargs": {"sleep_ms": {{{sleepMs}}}, "fail_attempts": {{{failAttempts}}}}}"""));
}
