using System.Runtime.InteropServices;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class MessageBuffersTests
{
    [TestCase("redis://127.0.0.1:6379/0")]
    [TestCase("127.0.0.1:6379,defaultDatabase=1")]
    [TestCase("redis+sentinel://127.0.0.1:26379/main/0")]
    public void A_connection_takes_its_buffers_from_here(string url)
    {
        var options = RedisUrl.Parse("REDIS_URL", url, "test");

        Assert.Multiple(() =>
        {
            Assert.That(options.RequestBufferPool, Is.InstanceOf<MessageBuffers>());
            Assert.That(options.ResponseBufferPool, Is.InstanceOf<MessageBuffers>());
        });
    }

    [Test]
    public void A_buffer_above_a_megabyte_is_not_kept_for_the_next_message()
    {
        using var buffers = new MessageBuffers();

        var first = Rent(buffers, MessageBuffers.LargestPooled + 1);
        var second = Rent(buffers, MessageBuffers.LargestPooled + 1);

        Assert.That(second, Is.Not.SameAs(first));
    }

    [Test]
    public void A_buffer_of_up_to_a_megabyte_is_used_again()
    {
        using var buffers = new MessageBuffers();

        var first = Rent(buffers, MessageBuffers.LargestPooled);
        var second = Rent(buffers, MessageBuffers.LargestPooled);

        Assert.That(second, Is.SameAs(first)); // the pool keeps one for this thread
    }

    [TestCase(-1)]
    [TestCase(1)]
    [TestCase(MessageBuffers.LargestPooled)]
    [TestCase(MessageBuffers.LargestPooled + 1)]
    [TestCase(32 * 1024 * 1024)]
    public void A_buffer_is_as_large_as_was_asked_for(int size)
    {
        using var buffers = new MessageBuffers();
        using var buffer = buffers.Rent(size);

        Assert.That(buffer.Memory.Length, Is.GreaterThanOrEqualTo(Math.Max(1, size)));
    }

    [Test]
    public void A_buffer_that_was_given_back_is_refused()
    {
        using var buffers = new MessageBuffers();
        var buffer = buffers.Rent(MessageBuffers.LargestPooled + 1);

        buffer.Dispose();

        Assert.That(() => buffer.Memory, Throws.InstanceOf<ObjectDisposedException>());
    }

    private static byte[]? Rent(MessageBuffers buffers, int size)
    {
        using var buffer = buffers.Rent(size);
        return MemoryMarshal.TryGetArray((ReadOnlyMemory<byte>)buffer.Memory, out var array) ? array.Array : null;
    }
}
