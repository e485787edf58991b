package io.mediajobs.demo.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;

import javax.imageio.ImageIO;

/** Paints a picture that shows lines of text, the job's id for example, on a colour that comes from the text. */
public final class PaintedPicture {

    static {
        // the disk cache of ImageIO costs a temporary file a picture
        ImageIO.setUseCache(false);
    }

    private PaintedPicture() {
    }

    /**
     * @param format {@code png} or {@code jpg}
     * @param lines  what to write into the picture, the longest line sets the size of the letters
     */
    public static byte[] paint(String format, int width, int height, String... lines) {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        paintBackground(picture, String.join("\n", lines));
        int longest = 1;
        for (String line : lines) {
            longest = Math.max(longest, PixelFont.width(line, 1));
        }
        int scale = Math.max(1, width * 9 / 10 / longest);
        int y = Math.max(0, (height - lines.length * 10 * scale) / 2);
        for (String line : lines) {
            PixelFont.draw(picture, line, (width - PixelFont.width(line, scale)) / 2, y, scale, 0xFFFFFF);
            y += 10 * scale;
        }
        var bytes = new ByteArrayOutputStream(1 << 15);
        try {
            if (!ImageIO.write(picture, format, bytes)) {
                throw new IllegalArgumentException("No writer for the picture format " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Bands that darken downwards: recognisable, and small as PNG. */
    private static void paintBackground(BufferedImage picture, String text) {
        var crc = new CRC32();
        crc.update(text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        int colour = (int) crc.getValue();
        int red = 40 + (colour & 0x7F);
        int green = 40 + (colour >> 8 & 0x7F);
        int blue = 40 + (colour >> 16 & 0x7F);
        int bands = 16;
        int[] row = new int[picture.getWidth()];
        for (int y = 0; y < picture.getHeight(); y++) {
            int light = 256 - y * bands / picture.getHeight() * 10;
            Arrays.fill(row, (red * light >> 8) << 16 | (green * light >> 8) << 8 | blue * light >> 8);
            picture.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
    }
}
