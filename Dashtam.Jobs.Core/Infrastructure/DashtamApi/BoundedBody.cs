namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>Reads a reply's body, up to a size.</summary>
internal static class BoundedBody
{
    /// <returns>The body; null: it is larger.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var part = new byte[8 * 1024];
        for (int read; (read = await stream.ReadAsync(part, cancellationToken)) > 0;)
        {
            if (body.Length + read > limit)
            {
                return null;
            }

            body.Write(part, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
