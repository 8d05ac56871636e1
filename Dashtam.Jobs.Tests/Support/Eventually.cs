using System.Diagnostics;
using System.Runtime.CompilerServices;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// Waits, in real time, for what other threads, processes and servers do. What does not come fails the test and is named. For what
/// waits for a clock of the test's there is <see cref="ClockSteps"/>.
/// </summary>
internal static class Eventually
{
    /// <summary>A busy machine takes half of it to start a process.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until something holds.</summary>
    public static Task HoldsAsync(Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        HoldsAsync(() => Task.FromResult(holds()), what);

    /// <summary>Waits until something holds; fails after <paramref name="patience"/>, a minute unless it is said.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> holds, string what, TimeSpan? patience = null)
    {
        var since = Stopwatch.StartNew();
        while (!await holds())
        {
            if (since.Elapsed > (patience ?? Patience))
            {
                Assert.Fail($"Not within {patience ?? Patience}: {what}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Does something again and again until it succeeds; fails after a minute, and at once with any other error.</summary>
    /// <param name="action">What may fail.</param>
    /// <param name="isPassing">Whether an error may be over soon.</param>
    /// <param name="what">What is waited for; the compiler writes it.</param>
    public static Task SucceedsAsync(
        Func<Task> action, Func<Exception, bool> isPassing, [CallerArgumentExpression(nameof(action))] string what = "") => HoldsAsync(
        async () =>
        {
            try
            {
                await action();
                return true;
            }
            catch (Exception error) when (isPassing(error))
            {
                return false;
            }
        },
        $"{what} succeeds");
}
