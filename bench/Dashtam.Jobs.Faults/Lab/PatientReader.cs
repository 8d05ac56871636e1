using Dashtam.Jobs.Core.Infrastructure.Redis;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>Repeats what the suite itself asks Redis while the answer does not come: the suite must not fail on its own faults.</summary>
/// <param name="time">The clock.</param>
/// <param name="look">Called before each try; returns what is known of the server.</param>
internal sealed class PatientReader(TimeProvider time, Func<Task<string>> look)
{
    /// <summary>How long one read is repeated.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Between two tries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads until there is an answer.</summary>
    /// <param name="what">What is read, for the error: <c>the length of the ready list</c>.</param>
    /// <param name="read">May be called again after a failure.</param>
    /// <exception cref="LaboratoryException">There was no answer in time.</exception>
    public async Task<T> ReadAsync<T>(string what, Func<Task<T>> read)
    {
        var began = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            var server = await look();
            try
            {
                return await read();
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                if (time.GetElapsedTime(began) >= Patience)
                {
                    throw new LaboratoryException(
                        $"{what} could not be read in {Patience.TotalSeconds} s and {tries} tries: {error.Message} ({server})", error);
                }
            }

            await Task.Delay(Pause, time);
        }
    }
}

/// <summary>The suite itself cannot go on: its run says nothing about the promises.</summary>
/// <param name="message">What could not be done.</param>
/// <param name="inner">Why.</param>
internal sealed class LaboratoryException(string message, Exception? inner) : Exception(message, inner);
